"""Who the demo user is, and how the search goes: data alone."""

from typing import Any

__all__ = ["DOCUMENT", "EMAIL", "LETTER", "POSTINGS", "PROMPT"]

EMAIL = "demo@example.com"

DOCUMENT: dict[str, Any] = {
    "basics": {
        "name": "Ada Demo",
        "label": "Backend engineer",
        "email": EMAIL,
        "phone": "+49 30 901820",
        "url": "https://ada.example.com",
        "summary": "Ten years of Python and PostgreSQL, from the first commit to the pager.",
        "location": {"city": "Berlin", "countryCode": "DE"},
        "profiles": [
            {"network": "GitHub", "username": "ada", "url": "https://github.example.com/ada"}
        ],
    },
    "work": [
        {
            "name": "Ledgerly",
            "position": "Senior backend engineer",
            "location": "Berlin",
            "startDate": "2021-04",
            "summary": "Payments for small shops: 400 requests a second on two machines.",
            "highlights": [
                "Took the nightly settlement from four hours to eleven minutes.",
                "Led three engineers through a move to event-driven bookkeeping.",
            ],
        },
        {
            "name": "Freightwise",
            "position": "Backend engineer",
            "location": "Hamburg",
            "startDate": "2016-09",
            "endDate": "2021-03",
            "summary": "Routing of containers, as a web service.",
            "highlights": ["Made the first API that customers used by themselves."],
        },
    ],
    "volunteer": [
        {
            "organization": "Code Club",
            "position": "Mentor",
            "startDate": "2019",
            "summary": "Teaches children of nine to thirteen to program.",
        }
    ],
    "education": [
        {
            "institution": "TU Berlin",
            "area": "Computer science",
            "studyType": "MSc",
            "startDate": "2014-10",
            "endDate": "2016-08",
            "score": "1.3",
        }
    ],
    "certificates": [
        {"name": "Certified Kubernetes Administrator", "issuer": "CNCF", "date": "2023-05-12"}
    ],
    "skills": [
        {"name": "Python", "level": "Expert", "keywords": ["FastAPI", "SQLAlchemy", "asyncio"]},
        {"name": "PostgreSQL", "level": "Advanced", "keywords": ["indexes", "replication"]},
        {"name": "Kubernetes", "level": "Working knowledge"},
    ],
    "languages": [
        {"language": "German", "fluency": "Native"},
        {"language": "English", "fluency": "C1"},
    ],
    "projects": [{"name": "pgtop", "description": "What PostgreSQL is busy with, in a terminal."}],
}

LETTER = """\
Dear Ms Okafor,

your posting asks for somebody who has run PostgreSQL under load and can explain it to others.
I have done both for eight years, most recently for the payments of 3,000 shops.

Kind regards
Ada Demo
"""

PROMPT = """\
Write a letter of at most 150 words for this posting:

{{posting}}

Use only what is true of this résumé:

{{resume}}
"""

# Newest last. The steps of an application with the days that have passed since.
POSTINGS: list[dict[str, Any]] = [
    {
        "title": "Senior Python engineer",
        "company": "Parcel & Co",
        "job_source": "linkedin",
        "work_mode": "hybrid",
        "location": "Berlin",
        "saved": 41,
        "steps": [("submitted", 38), ("viewed", 36), ("rejected", 27)],
    },
    {
        "title": "Platform engineer",
        "company": "Northwind Grid",
        "job_source": "company_website",
        "work_mode": "remote",
        "salary_min_minor": 7_800_000,
        "salary_max_minor": 9_200_000,
        "salary_currency": "EUR",
        "description": "PostgreSQL, Python and Kubernetes for the smart meters of a small country.",
        "saved": 33,
        "steps": [
            ("submitted", 30),
            ("phone_screen", 23),
            ("technical", 14),
            ("onsite", 6),
        ],
    },
    {
        "title": "Staff engineer, payments",
        "company": "Tallybook",
        "job_source": "referral",
        "work_mode": "on_site",
        "location": "Munich",
        "salary_min_minor": 9_500_000,
        "salary_max_minor": 11_000_000,
        "salary_currency": "EUR",
        "description": "Bookkeeping by events. You know what a ledger must never do.",
        "saved": 26,
        "steps": [("submitted", 24), ("phone_screen", 17), ("technical", 12), ("offer", 3)],
    },
    {
        "title": "Backend engineer",
        "company": "Mooring",
        "job_source": "job_board",
        "work_mode": "remote",
        "description": "Berths for boats, booked from the water. FastAPI and PostGIS.",
        "saved": 9,
        "steps": [("submitted", 8), ("viewed", 5)],
    },
    {
        "title": "Data platform engineer",
        "company": "Helio Labs",
        "job_source": "recruiter",
        "work_mode": "hybrid",
        "location": "Leipzig",
        "description": "Weather for solar farms: a terabyte a day into PostgreSQL.",
        "saved": 2,
        "steps": [],
    },
    {
        "title": "Engineering manager",
        "company": "Quarry",
        "job_source": "indeed",
        "work_mode": "on_site",
        "saved": 1,
        "steps": None,
    },
]
