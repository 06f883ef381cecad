"""A group whose commands are imported when they are called, so that `--help` costs next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
from msgspec import Struct

from kpidsl.suggest import nearest


class Lazy(Struct, frozen=True):
    """Where a command is, as `module:name`, and its line in the list of commands."""

    home: str
    help: str


class LazyGroup(click.Group):
    """A group of commands that are not there yet."""

    def __init__(self, *, lazily: Mapping[str, Lazy], **settings: Any) -> None:
        super().__init__(**settings)
        self._lazy = lazily

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._lazy:
            return None
        module, _, name = self._lazy[cmd_name].home.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self._lazy and not args[0].startswith("-"):
            suggestion = nearest(args[0], self._lazy)
            hint = f"; perhaps `{suggestion}`?" if suggestion else ""
            raise click.UsageError(f"there is no command `{args[0]}`{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, lazy.help) for name, lazy in self._lazy.items()])
