"""A context that was made without the system's authorities has to get them: without them no server is trusted."""

import ssl

from sandbox.certificates import certificates_later, load_certificates


def test_contexts_get_their_authorities_later() -> None:
    known = ssl.create_default_context().get_ca_certs()
    with certificates_later():
        context = ssl.create_default_context()
    assert context.get_ca_certs() == []
    assert context.verify_mode is ssl.CERT_REQUIRED, "meanwhile it trusts nobody"
    load_certificates()
    assert context.get_ca_certs() == known


def test_what_is_made_afterwards_is_complete_at_once() -> None:
    with certificates_later():
        pass
    assert ssl.create_default_context().cert_store_stats() == _stats()


def _stats() -> dict[str, int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    return context.cert_store_stats()
