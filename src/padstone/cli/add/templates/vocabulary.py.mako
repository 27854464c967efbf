__all__ = [${", ".join(f'"{enum}"' for enum in sorted(enums))}]

% for enum, words in enums.items():

class ${enum}(StrEnum):
    """What the ${words["field"]} of ${name.article} ${name.words} may be."""

% for word in words["labels"]:
    ${word.upper()} = "${word}"
% endfor

% endfor
