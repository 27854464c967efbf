__all__ = ["${name.model}"]


class ${name.model}(Identified, Timestamped, Revisioned, Base):
    """${sentence}"""

    __tablename__ = "${name.many}"
% if constraints:
    __table_args__ = (
% for constraint in constraints:
        ${constraint},
% endfor
    )
% endif

% if owner:
    ${owner.column}: Mapped[UUID] = mapped_column(ForeignKey("${owner.table}.id", ondelete="CASCADE"), index=True)
% endif
% for column in columns:
    ${column}
% endfor
