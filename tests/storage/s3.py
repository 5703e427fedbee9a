"""A real S3 on loopback (moto's server), for who archives in a bucket; and what may never be shown of it."""

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem  # type: ignore[import-untyped]

KEY_ID, SECRET, TOKEN = "AKIATESTKEYID000", "very-secret-access-key", "session-token-of-nobody"


@contextmanager
def s3_server(*buckets: str) -> Iterator[dict[str, str]]:
    """The environment in which it is found, with these buckets in it."""
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        environment = {
            "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN,
        }  # fmt: skip
        client = boto3.client(
            "s3", endpoint_url=environment["AWS_ENDPOINT_URL_S3"], region_name="us-east-1",
            aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET,
        )  # fmt: skip
        for bucket in buckets:
            client.create_bucket(Bucket=bucket)
        client.close()
        # Kept by its arguments, among which the environment is not: it would ask the server of an earlier test.
        S3FileSystem.clear_instance_cache()
        yield environment
    finally:
        S3FileSystem.clear_instance_cache()
        server.stop()
