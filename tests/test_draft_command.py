"""What the command says of a draft by a config: what can not be drafted, and how much is left to do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from model_cards import project_with
from weighbridge.cli import main

NO_DOCUMENT = "weighbridge: error: draft: expected the document that a spec is for: "
ONE_QUESTION = "and --config answer one question: the config says what the model is; leave out one\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--config", "config.json"],
            f"{NO_DOCUMENT}weighbridge draft --config config.json MODEL_CARD.md\n",
        ),
        (
            [],
            f"{NO_DOCUMENT}weighbridge draft README.md\n",
        ),
        (
            ["--config", "config.json", "--architecture", "gpt", "card.md"],
            f"weighbridge: error: --architecture {ONE_QUESTION}",
        ),
        (
            ["--config", "config.json", "--model", "n_layers=12", "card.md"],
            f"weighbridge: error: --model {ONE_QUESTION}",
        ),
        (
            ["--config", "confg.json", "card.md"],
            "weighbridge: error: confg.json: there is no such file; did you mean 'config.json'?\n",
        ),
        (
            ["--config", "unknown.json", "card.md"],
            "unknown.json:1:2: error: config: there is no count of the family 'gtp2' yet; did you mean 'gpt2'?\n",
        ),
    ],
)
def test_what_can_not_be_drafted_by_a_config_is_told(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(project_with(tmp_path, "gpt2-small"))
    (tmp_path / "unknown.json").write_text('{"model_type": "gtp2"}', encoding="utf-8")
    assert main(["draft", *arguments]) == 2
    assert capsys.readouterr() == ("", message)


def test_a_key_that_is_not_understood_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project_with(tmp_path, "gpt2-small"))
    config = json.loads((tmp_path / "config.json").read_text(encoding="utf-8")) | {"n_towers": 2}
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    assert main(["draft", "--config", "config.json", "card.md"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("config.json:1:")
    assert "n_towers" in err


def test_a_draft_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project_with(tmp_path, "gpt2-small"))
    assert main(["draft", "--config", "config.json", "card.md"]) == 0
    out, err = capsys.readouterr()
    assert 'path = "../card.md"' in out
    assert err == "16 claims, 1 of them refuted, 7 left to do\n"


def test_a_draft_imports_nothing_heavy(tmp_path: Path) -> None:
    project = project_with(tmp_path, "gpt2-small")
    code = (
        "import sys; from weighbridge.cli import main; main(['draft', '--config', 'config.json', 'card.md']); "
        "print(sorted({'numba', 'numpy', 'hypothesis', 'rich', 'torch'} & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
