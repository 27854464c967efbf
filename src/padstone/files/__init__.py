"""Files that people upload: many at once, with their folders, checked while they arrive.

A system declares the table and how its files are called in the storage::

    class File(Identified, FileColumns, Timestamped, Base):
        __tablename__ = "files"

    files = Files(File, prefix="files")

    received = await files.receive(request, storage, folder=str(user_id))
    session.add_all(files.rows(received, user_id=user_id))

Whatever a file is, it is handed out as an attachment that no browser runs. What is not what its
name says is in quarantine, and handed out to nobody.
"""

from padstone.extras import extra

with extra("files"):
    from padstone.files.attachment import Attachment
    from padstone.files.columns import FileColumns, FileStatus
    from padstone.files.files import FileQuarantinedError, Files
    from padstone.files.patterns import Patterns
    from padstone.files.received import Outcome, Received, ReceivedFile, UploadLimits, Verdict

__all__ = [
    "Attachment",
    "FileColumns",
    "FileQuarantinedError",
    "FileStatus",
    "Files",
    "Outcome",
    "Patterns",
    "Received",
    "ReceivedFile",
    "UploadLimits",
    "Verdict",
]
