"""Pages whose examples work, and pages whose examples do not."""

from pathlib import Path

import pytest

from padstone.testing.contract.examples import run_examples

GOOD = """
```sh
printf '{"items": [{"id": "7", "at": null}], "n": 1}'; printf '\\n{"id": %s}' "$START"
```

<!-- ID=id -->

```sh
printf '[{"id": "%s"}]' "$ID"
```

```json
[{"id": "8"}]
```

```sh
printf '{"type": "urn:problem-type:x"}'
```

```json
{"type": "urn:problem-type:x"}
```
"""


def run(tmp_path: Path, text: str) -> dict[str, str]:
    page = tmp_path / "page.md"
    page.write_text(text)
    variables = {"START": "5"}
    run_examples(page, tmp_path, variables)
    return variables


def test_a_page_that_works(tmp_path: Path) -> None:
    assert run(tmp_path, GOOD) == {"START": "5", "ID": "5"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('{"id": "8"}', '{"id": 8}'),
        ('{"id": "8"}', '{"id": "8", "name": "x"}'),
        ('[{"id": "8"}]', '{"id": "8"}'),
        ('```json\n{"type": "urn:problem-type:x"}\n```', ""),
        ('printf \'{"type"', 'exit 3; printf \'{"type"'),
        ("$ID", "$NOBODY"),
    ],
    ids=["kind", "field", "list", "problem", "status", "variable"],
)
def test_a_page_that_does_not(tmp_path: Path, before: str, after: str) -> None:
    assert before in GOOD
    with pytest.raises(AssertionError):
        run(tmp_path, GOOD.replace(before, after))


def test_a_value_within(tmp_path: Path) -> None:
    text = '```sh\nprintf \'{"items": [{"id": 7}]}\'\n```\n\n<!-- A=items.0.id B=items -->\n'
    assert run(tmp_path, text)["A"] == "7"
