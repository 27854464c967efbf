"""The embedded services: their programs, their folder, their data, and whether they start."""

from padstone.cli.doctor.finding import Finding
from padstone.devservices import ServiceError, binaries
from padstone.devservices.layout import Layout, service_account

__all__ = ["data", "folder", "programs"]


def programs() -> Finding:
    """Whether all four are installed, and PostgreSQL where its user can run it."""
    try:
        account = service_account()
        postgres = binaries.reachable_bin(binaries.postgres_bin(), account)
        binaries.valkey()
        binaries.rclone()
        binaries.aiosmtpd()
        version = binaries.version(postgres / "postgres")
    except ServiceError as error:
        return _from("service programs", error)
    what = f"PostgreSQL {version}, Valkey, rclone and aiosmtpd are here."
    return Finding("service programs", "ok", what)


def folder(layout: Layout) -> Finding:
    """Whether the services' folder can be made and written to, and is ours."""
    try:
        layout.create()
    except ServiceError as error:
        return _from("service folder", error)
    where = f"{layout.home}"
    if layout.data != layout.home:
        # The service user cannot walk into the checkout, or the test set lies in memory.
        where = f"{layout.home}, data in {layout.data}"
    return Finding("service folder", "ok", where)


def data(layout: Layout) -> Finding:
    """Whether the data folder was made by the PostgreSQL that is installed."""
    subject = "service data"
    clusters = layout.clusters()
    if not clusters:
        return Finding(subject, "ok", "There is none yet.")
    try:
        installed = int(binaries.version(binaries.postgres_bin() / "postgres").split(".")[0])
    except ServiceError as error:
        return Finding(subject, "skipped", error.detail)
    if installed in clusters.values():
        return Finding(subject, "ok", f"Made by PostgreSQL {installed}, which is installed.")
    old, major = max(clusters.items(), key=lambda item: item[1])
    return Finding(
        subject,
        "error",
        f"{old} was made by PostgreSQL {major}, and PostgreSQL {installed} cannot read it.",
        "`padstone services reset` begins empty. To keep the data, dump it with "
        f"PostgreSQL {major} first: PADSTONE_POSTGRES_BIN names the folder of its programs.",
    )


def _from(subject: str, error: ServiceError) -> Finding:
    # A ServiceError names cause and mend, in this order.
    cause, _, mend = error.detail.partition(". ")
    return Finding(subject, "error", f"{cause}.", mend)
