"""`amazon-orders init`: a folder to work in, made at once or not at all."""

from __future__ import annotations

import stat
import subprocess
import tomllib
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.story.command_line import CommandLine
from tests.story.terminal import Terminal


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(tmp_path)
    return CommandLine(tmp_path)


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_it_makes_config_key_and_an_empty_ledger(here: CommandLine) -> None:
    result = here.must("init")
    assert {path.name for path in here.folder.iterdir()} == {
        "amazon-orders.toml",
        "amazon-orders.key",
        "amazon-orders.db",
        ".gitignore",
    }
    assert {Path(line).name for line in result.stdout.splitlines()} == {path.name for path in here.folder.iterdir()}
    config = tomllib.loads(here.config.read_text(encoding="utf-8"))
    assert config == {
        "ledger": {"url": "sqlite:///amazon-orders.db", "key_file": "amazon-orders.key"},
        "lwa": {"client_id": "env:LWA_CLIENT_ID", "client_secret": "env:LWA_CLIENT_SECRET"},
        "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
    }
    assert here.lines("connection", "list") == []
    assert here.lines("orders", "list") == []


def test_the_key_is_a_new_one_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    keys = set()
    for name in ("a", "b"):
        line = CommandLine(tmp_path / name)
        line.must("init")
        file = line.folder / "amazon-orders.key"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        Fernet(file.read_text(encoding="ascii").strip())
        keys.add(file.read_text(encoding="ascii"))
    assert len(keys) == 2


def test_secrets_and_buyers_data_stay_out_of_version_control(here: CommandLine) -> None:
    here.folder.joinpath(".gitignore").write_text("*.pyc\nshop.db", encoding="utf-8")
    here.must("init")
    subprocess.run(["git", "init", "-q"], cwd=here.folder, check=True)
    here.folder.joinpath("shop.db-wal").touch()
    listed = subprocess.run(
        ["git", "ls-files", "--others", "--exclude-standard"],
        cwd=here.folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert sorted(listed) == [".gitignore", "amazon-orders.toml"]
    assert here.folder.joinpath(".gitignore").read_text(encoding="utf-8").splitlines()[:2] == ["*.pyc", "shop.db"]


def test_every_answer_has_a_flag(here: CommandLine) -> None:
    here.must(
        "init",
        *("--ledger", "sqlite:///other.db"),
        *("--shop", "my shop.db"),
        *("--client-id", "amzn1.x"),
        *("--client-secret-env", "MY_SECRET"),
        *("--application-id", 'amzn1.sellerapps.app."1"'),
    )
    config = tomllib.loads(here.config.read_text(encoding="utf-8"))
    assert config["ledger"]["url"] == "sqlite:///other.db"
    assert config["stores"]["shop"]["path"] == "my shop.db"
    assert config["lwa"] == {
        "client_id": "amzn1.x",
        "client_secret": "env:MY_SECRET",
        "application_id": 'amzn1.sellerapps.app."1"',
    }
    assert (here.folder / "other.db").exists()


@pytest.mark.parametrize("there", ["amazon-orders.toml", "amazon-orders.key", "amazon-orders.db"])
def test_where_something_is_already_nothing_is_touched(here: CommandLine, there: str) -> None:
    (here.folder / there).write_text("precious", encoding="utf-8")
    before = snapshot(here.folder)
    result = here.run("init")
    assert result.exit_code == 2
    assert "Nothing was touched" in result.stderr
    assert there in result.stderr
    assert snapshot(here.folder) == before


def test_twice_is_refused_and_the_first_still_works(here: CommandLine) -> None:
    here.must("init")
    before = snapshot(here.folder)
    assert here.run("init").exit_code == 2
    assert snapshot(here.folder) == before


def test_what_fails_half_way_leaves_nothing_behind(here: CommandLine) -> None:
    result = here.run("init", "--ledger", "sqlite:///no/such/folder/ledger.db")
    assert result.exit_code == 1
    assert "the folder must exist" in result.stderr.lower()
    assert list(here.folder.iterdir()) == []
    here.must("init")


def test_a_folder_that_cannot_be_made_is_named(here: CommandLine) -> None:
    (here.folder / "file").touch()
    result = here.run("init", config=here.folder / "file" / "amazon-orders.toml")
    assert result.exit_code == 2
    assert str(here.folder / "file") in result.stderr


def test_on_a_terminal_it_asks_and_takes_an_empty_answer_as_the_default(tmp_path: Path) -> None:
    with Terminal(["init", "new"], tmp_path) as terminal:
        terminal.answer("Ledger's database", "")
        terminal.answer("File of the shop", "toys.db")
        terminal.answer("Client id", "")
        terminal.answer("Environment variable", "TOY_SECRET")
        terminal.answer("Application id", "")
        assert terminal.end() == 0
    config = tomllib.loads((tmp_path / "new" / "amazon-orders.toml").read_text(encoding="utf-8"))
    assert config["stores"]["shop"]["path"] == "toys.db"
    assert config["lwa"] == {"client_id": "env:LWA_CLIENT_ID", "client_secret": "env:TOY_SECRET"}


def test_on_a_terminal_flags_are_not_asked_for_and_defaults_asks_nothing(tmp_path: Path) -> None:
    with Terminal(["init", "new", "--defaults"], tmp_path) as terminal:
        assert terminal.end() == 0
        assert "Ledger's database" not in terminal.seen


def test_ctrl_c_in_the_questions_leaves_nothing(tmp_path: Path) -> None:
    with Terminal(["init", "new"], tmp_path) as terminal:
        terminal.interrupt("Ledger's database")
        assert terminal.end() == 130
    assert list(tmp_path.iterdir()) == []
