import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from pollers.clients.signing import Credentials, signed_headers


@pytest.mark.parametrize("token", [None, "a/session+token=="])
@pytest.mark.parametrize(
    ("url", "service"),
    [
        ("https://streams.dynamodb.eu-central-1.amazonaws.com/", "dynamodb"),
        ("http://127.0.0.1:4566/2015-03-31/functions/arn%3Aaws%3Alambda%3Ax%3A1%3Afunction%3Af/invocations", "lambda"),
    ],
)
def test_the_signature_is_the_one_botocore_makes(url: str, service: str, token: str | None) -> None:
    """It is what AWS's users sign with; both must agree to the byte."""
    ours = signed_headers(
        url=url,
        headers={"content-type": "application/x-amz-json-1.0", "x-amz-target": "DynamoDBStreams_20120810.GetRecords"},
        body=b'{"ShardIterator":"x"}',
        credentials=Credentials(access_key_id="AKID", secret_access_key="secret", session_token=token),
        region="eu-central-1",
        service=service,
        now=1_440_938_160.0,
    )
    request = AWSRequest(
        method="POST",
        url=url,
        data=b'{"ShardIterator":"x"}',
        headers={"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDBStreams_20120810.GetRecords"},
    )
    request.context["timestamp"] = "20150830T123600Z"
    auth = SigV4Auth(BotoCredentials("AKID", "secret", token), service, "eu-central-1")
    request.headers["X-Amz-Date"] = "20150830T123600Z"
    if token is not None:
        request.headers["X-Amz-Security-Token"] = token
    canonical = auth.canonical_request(request)
    theirs = auth.signature(auth.string_to_sign(request, canonical), request)
    assert ours["authorization"].endswith(f"Signature={theirs}")
    assert "Credential=AKID/20150830/eu-central-1/" in ours["authorization"]
