"""The headers that every request is asked for, in the form in which a header map finds them at once.

A plain text is brought into small letters at each question; ten of them are a hundredth of a GetItem.
"""

from typing import Final

from multidict import istr

__all__ = [
    "ACCEPT_ENCODING",
    "AMZ_DATE",
    "AUTHORIZATION",
    "CONTENT_ENCODING",
    "CONTENT_TYPE",
    "HOST",
    "ORIGIN",
    "SEC_FETCH_SITE",
    "TARGET",
    "TRACE_ID",
]

ACCEPT_ENCODING: Final = istr("Accept-Encoding")
AMZ_DATE: Final = istr("X-Amz-Date")
AUTHORIZATION: Final = istr("Authorization")
CONTENT_ENCODING: Final = istr("Content-Encoding")
CONTENT_TYPE: Final = istr("Content-Type")
HOST: Final = istr("Host")
ORIGIN: Final = istr("Origin")
SEC_FETCH_SITE: Final = istr("Sec-Fetch-Site")
TARGET: Final = istr("X-Amz-Target")
TRACE_ID: Final = istr("X-Amzn-Trace-Id")
