"""D8: JSON Resume in and out."""

from typing import Any

import pytest
from members import MakeMember, Member

# Every section of the standard, as its own sample has them.
DOCUMENT: dict[str, Any] = {
    "basics": {
        "name": "John Doe",
        "label": "Programmer",
        "image": "",
        "email": "john@gmail.com",
        "phone": "(912) 555-4321",
        "url": "https://johndoe.com",
        "summary": "A summary of John Doe…",
        "location": {
            "address": "2712 Broadway St",
            "postalCode": "CA 94115",
            "city": "San Francisco",
            "countryCode": "US",
            "region": "California",
        },
        "profiles": [{"network": "Twitter", "username": "john", "url": "https://twitter.com/john"}],
    },
    "work": [
        {
            "name": "Company",
            "location": "Menlo Park",
            "description": "Makes things",
            "position": "President",
            "url": "https://company.com",
            "startDate": "2013-01-01",
            "endDate": "2014-01-01",
            "summary": "Description…",
            "highlights": ["Started the company"],
        }
    ],
    "volunteer": [
        {
            "organization": "Organization",
            "position": "Volunteer",
            "url": "https://organization.com/",
            "startDate": "2012-01-01",
            "endDate": "2013-01-01",
            "summary": "Description…",
            "highlights": ["Awarded 'Volunteer of the Month'"],
        }
    ],
    "education": [
        {
            "institution": "University",
            "url": "https://institution.com/",
            "area": "Software Development",
            "studyType": "Bachelor",
            "startDate": "2011-01-01",
            "endDate": "2013-01-01",
            "score": "4.0",
            "courses": ["DB1101 - Basic SQL"],
        }
    ],
    "awards": [
        {"title": "Award", "date": "2014-11-01", "awarder": "Company", "summary": "There is …"}
    ],
    "certificates": [
        {
            "name": "Certificate",
            "date": "2021-11-07",
            "issuer": "Company",
            "url": "https://certificate.com",
        }
    ],
    "publications": [
        {
            "name": "Publication",
            "publisher": "Company",
            "releaseDate": "2014-10-01",
            "url": "https://publication.com",
            "summary": "Description…",
        }
    ],
    "skills": [{"name": "Web Development", "level": "Master", "keywords": ["HTML", "CSS"]}],
    "languages": [{"language": "English", "fluency": "Native speaker"}],
    "interests": [{"name": "Wildlife", "keywords": ["Ferrets", "Unicorns"]}],
    "references": [{"name": "Jane Doe", "reference": "Reference…"}],
    "projects": [
        {
            "name": "Project",
            "startDate": "2019-01-01",
            "endDate": "2021-01-01",
            "description": "Description…",
            "highlights": ["Won award at AIHacks 2016"],
            "url": "https://project.com/",
        }
    ],
    "meta": {"canonical": "https://example.com/resume.json", "version": "v1.0.0"},
}


async def _import(member: Member, document: dict[str, Any], expected: int = 201) -> Any:
    body = {"title": "Imported", "document": document}
    return await member.post("/resumes/json-resume", body, expected)


async def test_d8_what_comes_in_goes_out(member: Member) -> None:
    resume = await _import(member, DOCUMENT)
    exported = await member.get(f"/resumes/{resume['id']}/json-resume")
    assert exported.pop("$schema").endswith("/v1.0.0/schema.json")
    assert exported == DOCUMENT


async def test_d8_sections_become_rows(member: Member) -> None:
    path = f"/resumes/{(await _import(member, DOCUMENT))['id']}"
    jobs = (await member.get(f"{path}/work-experiences", sort="-start_date"))["items"]
    kinds = [(job["company"], job["experience_type"]) for job in jobs]
    assert kinds == [("Company", "full_time"), ("Organization", "volunteer")]
    (study,) = (await member.get(f"{path}/education"))["items"]
    assert study["degree_type"] == "bachelor"
    skills = (await member.get(f"{path}/skills"))["items"]
    assert [skill["skill_category"] for skill in skills] == ["other", "spoken_language"]


async def test_d8_a_year_or_a_month_becomes_a_day(member: Member) -> None:
    work = {"name": "Acme", "position": "Engineer", "startDate": "2014", "endDate": "2016-02"}
    resume = await _import(
        member, {"basics": {"name": "Ada"}, "work": [work, {**work, "endDate": "2014"}]}
    )
    jobs = (await member.get(f"/resumes/{resume['id']}/work-experiences"))["items"]
    assert {job["start_date"] for job in jobs} == {"2014-01-01"}
    assert {job["end_date"] for job in jobs} == {"2016-02-29", "2014-12-31"}


@pytest.mark.parametrize(
    ("study_type", "degree"),
    [
        ("PhD", "doctorate"),
        ("M.Sc.", "master"),
        ("BA (Hons)", "bachelor"),
        ("Abitur", "secondary"),
        ("Coding Bootcamp", "bootcamp"),
        ("Ausbildung", "vocational"),
        ("Wizardry", "other"),
        (None, "other"),
    ],
)
async def test_d8_a_degree_is_guessed(member: Member, study_type: str | None, degree: str) -> None:
    document = {
        "basics": {"name": "Ada"},
        "education": [{"institution": "U", "studyType": study_type}],
    }
    resume = await _import(member, document)
    (study,) = (await member.get(f"/resumes/{resume['id']}/education"))["items"]
    assert (study["degree_type"], study["study_type"]) == (degree, study_type)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"basics": {"label": "x"}}, "basics.name"),
        ({"hobbies": []}, "hobbies"),
        ({"work": [{"position": "X"}]}, "work.0.name"),
        ({"work": [{"name": "A", "position": "X", "startDate": "May 2014"}]}, "work.0.startDate"),
        ({"work": [{"name": "A", "position": "X", "startDate": "2014-02-31"}]}, "work.0.startDate"),
        (
            {"work": [{"name": "A", "position": "X", "startDate": "2014-02", "endDate": "2013"}]},
            "work.0.endDate",
        ),
        ({"skills": [{"name": "Go"}, {"name": "GO"}]}, "skills.1.name"),
        (
            {"skills": [{"name": "English"}], "languages": [{"language": "English"}]},
            "languages.0.language",
        ),
    ],
)
async def test_d8_a_document_that_cannot_be(
    member: Member, change: dict[str, Any], field: str
) -> None:
    answer = await _import(member, {"basics": {"name": "Ada"}, **change}, 422)
    assert [item["field"] for item in answer["errors"]] == [f"body.document.{field}"]
    assert await member.ids("/resumes") == [], "all of it or nothing"


async def test_d8_lists_that_grow_and_shrink_are_compared(member: Member) -> None:
    path = f"/resumes/{(await member.resume())['id']}/versions"
    work = {"name": "Acme", "position": "Engineer"}
    contents = [
        {"basics": {"name": "Ada"}, "work": [work, {**work, "name": "Other"}]},
        {"basics": {"name": "Ada"}, "work": [work], "skills": [{"name": "Go"}]},
    ]
    first, second = [
        await member.post(path, {"label": "A", "content": content}) for content in contents
    ]
    found = await member.get(f"{path}/{first['id']}/compare", against=second["id"])
    kinds = [(change["path"], change["kind"]) for change in found["changes"]]
    assert kinds == [("skills", "added"), ("work.1", "removed")]


async def test_d8_anothers_document_is_as_good_as_none(
    member: Member, make_member: MakeMember
) -> None:
    other = await make_member()
    await member.get(f"/resumes/{(await other.resume())['id']}/json-resume", 404)
