"""Writing the prompts that every team begins with."""

from sqlalchemy import select

from app.models import Prompt
from app.seed.prompt_texts import PROMPTS
from app.services.prompt_service import begin_prompt
from padstone.models import INCLUDE_DELETED
from padstone.seed import Seeding

__all__ = ["plant_prompts"]


async def plant_prompts(seeding: Seeding) -> None:
    """Makes the prompts that are missing; one that people have deleted does not come back."""
    session = seeding.session
    known = set(await session.scalars(select(Prompt.slug).execution_options(**INCLUDE_DELETED)))
    for text in PROMPTS:
        if text.slug not in known:
            prompt = Prompt(
                slug=text.slug, name=text.name, kind=text.kind, description=text.description
            )
            criteria = [criterion._asdict() for criterion in text.criteria]
            begin_prompt(prompt, content=text.content, criteria=criteria)
            session.add(prompt)
            seeding.say(f"Made the prompt {text.slug}.")
    await session.flush()
