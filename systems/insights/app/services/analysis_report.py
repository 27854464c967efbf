"""The report of an analysis, as Markdown and as a page that stands by itself."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.core.vocabulary import AnalysisStatus, Severity, Verdict
from app.models import Analysis, AnalysisPrompt, AnalysisResult, File, Prompt, PromptVersion
from app.services.analysis_results import results_of
from padstone.models import INCLUDE_DELETED

__all__ = ["file_name", "html_report", "markdown_report"]

_TEMPLATES = Path(__file__).parents[1] / "templates"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+.!|~-])")
_WORDS = {
    AnalysisStatus.QUEUED: "waits",
    AnalysisStatus.RUNNING: "is being judged",
    AnalysisStatus.SUCCEEDED: "judged",
    AnalysisStatus.FAILED: "failed",
    AnalysisStatus.CANCELLED: "cancelled",
    Verdict.MET: "met",
    Verdict.PARTLY_MET: "partly met",
    Verdict.NOT_MET: "not met",
    Verdict.NOT_APPLICABLE: "does not apply",
    Severity.INFO: "Info",
    Severity.MINOR: "Minor",
    Severity.MAJOR: "Major",
    Severity.CRITICAL: "Critical",
}


@dataclass(frozen=True, slots=True)
class Chapter:
    """What one prompt asked, and what was answered."""

    name: str
    version: int
    results: Sequence[AnalysisResult]


def _as_text(value: object) -> str:
    """As it stands, whatever Markdown would make of it. Paragraphs stay paragraphs."""
    return _SPECIAL.sub(r"\\\1", str(value)).replace("\r", "")


def _as_code(value: object) -> str:
    return "`" + " ".join(str(value).replace("`", "'").split()) + "`"


# Markdown is written first, in which HTML means nothing; the page is made of it.
_MARKDOWN = Environment(
    loader=FileSystemLoader(_TEMPLATES),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701  # the filters below write what Markdown takes as it stands
)
_MARKDOWN.filters |= {"markdown": _as_text, "code": _as_code}
_PAGE = Environment(loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, autoescape=True)
_HTML = MarkdownIt("commonmark", {"html": False}).enable("table")


async def markdown_report(session: AsyncSession, analysis: Analysis) -> str:
    """The report, as far as there are results."""
    files = await session.scalar(
        select(func.count()).select_from(File).where(File.upload_id == analysis.upload_id)
    )
    return _MARKDOWN.get_template("report.md.j2").render(
        analysis=analysis,
        files=files,
        chapters=await _chapters(session, analysis),
        words=_WORDS,
    )


def html_report(title: str, markdown: str) -> str:
    """A page of the Markdown report. It loads nothing and runs nothing."""
    body = Markup(_HTML.render(markdown))  # noqa: S704  # made with HTML switched off
    return _PAGE.get_template("report.html.j2").render(title=title, body=body)


def file_name(analysis: Analysis, ending: str) -> str:
    """What the report is called when it is saved."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", analysis.name).strip("-").lower()[:60]
    return f"{name or 'analysis'}.{ending}"


async def _chapters(session: AsyncSession, analysis: Analysis) -> list[Chapter]:
    results = (await session.scalars(results_of(analysis.id))).all()
    rows = await session.execute(
        select(PromptVersion.id, Prompt.name, PromptVersion.version)
        .join(AnalysisPrompt, AnalysisPrompt.prompt_version_id == PromptVersion.id)
        .join(Prompt, Prompt.id == PromptVersion.prompt_id)
        .where(AnalysisPrompt.analysis_id == analysis.id)
        .order_by(AnalysisPrompt.position)
        .execution_options(**INCLUDE_DELETED)  # a prompt may be gone, and was asked all the same
    )
    return [
        Chapter(name, version, [one for one in results if one.prompt_version_id == version_id])
        for version_id, name, version in rows
    ]
