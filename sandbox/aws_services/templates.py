"""CloudFormation templates that would make a second, hidden DynamoDB or Lambda.

The hosted CloudFormation creates what a template names in the hosted services. For tables and functions those are not the
ones this endpoint answers with, so such a template is refused, with the way that works.
"""

import re
from urllib.parse import parse_qs, urlsplit

from sandbox.aws_services.wsgi import ForeignRequest

__all__ = ["refusal_of", "template_text", "template_url"]

_OURS = re.compile(r"AWS::(?:DynamoDB|Lambda|Serverless)::[A-Za-z]+")


def template_text(request: ForeignRequest) -> str:
    """The template that *request* carries in itself; empty where it carries none."""
    return _parameter(request, "TemplateBody")


def template_url(request: ForeignRequest) -> str | None:
    """The path of the S3 object that holds the template; ``None`` where there is none."""
    path = urlsplit(_parameter(request, "TemplateURL")).path
    return path or None


def refusal_of(template: str) -> str | None:
    """Why *template* cannot be deployed here; ``None`` lets it pass."""
    found = _OURS.search(template)
    if found is None:
        return None
    return (
        f"This sandbox does not deploy {found.group()} through CloudFormation. "
        "Start it with the template instead (sandbox dev template.yaml), or create the resource by its own API."
    )


def _parameter(request: ForeignRequest, name: str) -> str:
    form = request.body.decode("utf-8", "replace") if request.body else request.query
    return parse_qs(form).get(name, [""])[0]
