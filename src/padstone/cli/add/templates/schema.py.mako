__all__ = ["${name.model}Create", "${name.model}Read", "${name.model}Update"]


class ${name.model}Fields(Body):
    """What is said of ${name.article} ${name.words}."""

% for line in bodies:
    ${line}
% endfor


class ${name.model}Create(${name.model}Fields):
    """${name.article.capitalize()} ${name.words} to be made."""


class ${name.model}Update(Patch, ${name.model}Fields):
    """What is to change of ${name.article} ${name.words}."""


class ${name.model}Read(Read):
    """${name.article.capitalize()} ${name.words}."""

    id: UUID
% for line in reads:
    ${line}
% endfor
    created_at: datetime
    updated_at: datetime
    revision: int
