__all__ = ["${name.many}"]

${name.many} = Resource(
    ${name.model},
    create=${name.model}Create,
    update=${name.model}Update,
    read=${name.model}Read,
% if owner:
    owner="${owner.column}",
% endif
    guards=Guards(read=${read}, write=${write}),
    filters={
% for field, operators in filters.items():
        "${field}": [${", ".join(f'"{one}"' for one in operators)}],
% endfor
    },
    sorts=[${", ".join(f'"{one}"' for one in sorts)}],
)
