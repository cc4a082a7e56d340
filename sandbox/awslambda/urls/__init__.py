"""Function URLs: HTTP requests become events of payload format 2.0, and what functions answer becomes HTTP.

Given a request as ``UrlRequest`` and the scope of the URL's account and region, gives a ``UrlReply``. It must not know
how requests arrive (``sandbox.web``). Source: AWS Lambda developer guide, "Invoking Lambda function URLs" and "Creating
and managing Lambda function URLs".
"""
