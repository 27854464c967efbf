"""S3: rclone serves a folder of plain files. For development only, as its own manual says."""

from pathlib import Path

from padstone.devservices import binaries
from padstone.devservices.process import Service
from padstone.devservices.record import HOST, Access, answers

__all__ = ["REGION", "S3", "endpoint_url"]

REGION = "us-east-1"


class S3(Service):
    name = "s3"
    title = "S3"

    @property
    def data(self) -> Path:
        return self.layout.data / "s3"

    def prepare(self) -> None:
        self.program = binaries.rclone()
        self.data.mkdir(mode=0o700, exist_ok=True)

    def launch(self) -> None:
        self.say("S3: starting …")
        keys = self.access["passwords"]
        self.spawn(
            [
                *(self.program, "serve", "s3", self.data, "--addr", f"{HOST}:{self.port}"),
                # No configuration of the user's own, and browsers on any development port.
                *("--config", "", "--allow-origin", "*"),
            ],
            environment={
                # One CSV field of two parts, hence the quotes within.
                "RCLONE_AUTH_KEY": f'"{keys["s3_access_key"]},{keys["s3_secret_key"]}"',
                "RCLONE_CACHE_DIR": str(self.layout.data / "s3-cache"),
                "HOME": str(self.layout.home),
            },
        )

    def is_answering(self) -> bool:
        return answers(self.port)


def endpoint_url(access: Access) -> str:
    return f"http://{HOST}:{access['ports']['s3']}"
