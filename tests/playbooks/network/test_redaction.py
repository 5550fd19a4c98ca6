"""What a reader of the history must not see."""

from __future__ import annotations

import pytest

from playbooks.network.redaction import hidden, redact
from tests.playbooks.network.configs import CONFIGS, PLATFORMS, SECRETS


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_redacted_view_hides_secrets_and_nothing_else(platform: str) -> None:
    text = CONFIGS[platform]
    shown = redact(platform, text, hidden)
    assert not [secret for secret in SECRETS[platform] if secret in shown]
    assert shown.count("<disamarkan>") == len(SECRETS[platform])
    assert len(shown.splitlines()) == len(text.splitlines())
