"""The command `kpidsl`: the words of a command line in, output and an exit code out; never a traceback."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

import click

from kpidsl import __version__
from kpidsl.cli.exits import Exit, Misuse
from kpidsl.cli.lazy import Lazy, LazyGroup
from kpidsl.cli.options import color
from kpidsl.cli.output import complain, is_of_output, say_diagnostics, silence, survive_any_text
from kpidsl.errors import DefinitionError, KpidslError
from kpidsl.suggest import nearest

_COMMANDS = {
    "new": Lazy("kpidsl.cli.new:new", "Make a project that runs at once, or a KPI in one."),
    "check": Lazy("kpidsl.cli.check:check", "Check definitions: syntax, names, units, consistency."),
    "test": Lazy("kpidsl.cli.test:test", "Run the examples and row tests of definitions."),
    "fmt": Lazy("kpidsl.cli.fmt:fmt", "Write expressions in their canonical form."),
    "run": Lazy("kpidsl.cli.run:run", "Evaluate KPIs over data and judge them."),
    "calc": Lazy("kpidsl.cli.calc:calc", "Evaluate and judge one KPI from plain numbers."),
    "explain": Lazy("kpidsl.cli.explain:explain", "Say what a KPI means, or what a diagnostic does."),
    "diff": Lazy("kpidsl.cli.diff:diff", "Say what changed in meaning between two versions."),
    "list": Lazy("kpidsl.cli.list:list_", "List KPIs, measures, dimensions, sources, parameters, codes."),
    "schema": Lazy("kpidsl.cli.schema:schema", "Give editors the JSON Schema of definitions."),
}

# Trees stay until the process ends, so looking for garbage among them often, as Python does, takes a fifth of a check.
_COLLECT = (200_000, 20, 50)
_COMPLETE = "_KPIDSL_COMPLETE"
_CODES = """\b
Exit codes: 0 well, 1 problems in definitions or tests, 2 misuse or
unreadable data, 3 --fail-on, 70 a mistake of kpidsl's own."""


def _group() -> click.Group:
    group = LazyGroup(
        name="kpidsl",
        lazily=_COMMANDS,
        help="Define KPIs in YAML, check what they mean, compute them and judge the values.",
        epilog=_CODES,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "auto_envvar_prefix": "KPIDSL"},
        invoke_without_command=True,
    )
    group.callback = _without_command
    return color(click.version_option(__version__, message="kpidsl %(version)s")(group))


@click.pass_context
def _without_command(context: click.Context) -> None:
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main() -> None:
    """The entry point of the console script."""
    prepare()
    sys.exit(run(sys.argv[1:]))


def prepare() -> None:
    """Set a process up that does nothing else."""
    gc.set_threshold(*_COLLECT)


def run(words: Sequence[str]) -> int:
    """Run one command line and return its exit code."""
    survive_any_text()
    try:
        return _run(list(words))
    except click.ClickException as error:
        return _misuse(error)
    except KpidslError as error:
        return _refusal(error)
    except (click.Abort, KeyboardInterrupt, EOFError):
        return Exit.INTERRUPTED
    except BrokenPipeError:
        silence(sys.stdout)
        return Exit.PIPE
    except OSError as error:
        return _unwritable(error) if is_of_output(error) else _internal(error)
    except Exception as error:
        return _internal(error)


def _run(words: list[str]) -> int:
    if sys.stdout is None:  # and the next file that is opened would take its place
        raise Misuse("the output cannot be written: stdout is closed")
    group = _group()
    if instruction := os.environ.get(_COMPLETE):
        return _complete(group, instruction)
    try:
        with group.make_context("kpidsl", words) as context:
            code = group.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return Exit.WELL if code is None else int(code)


def _complete(group: click.Group, instruction: str) -> int:
    """What a shell asks for to complete a word, or to learn how."""
    from click.shell_completion import shell_complete

    try:
        code = shell_complete(group, {}, "kpidsl", _COMPLETE, instruction)
    except (KeyError, ValueError):
        raise Misuse(f"`{_COMPLETE}={instruction}` is for shells, which also set `COMP_WORDS` and `COMP_CWORD`") from None
    if code:
        raise Misuse(f"`{_COMPLETE}={instruction}` asks for nothing that is known; `bash_source` is one that is")
    return Exit.WELL


def _misuse(error: click.ClickException) -> int:
    """Words that mean nothing to a command, or a file that cannot be opened."""
    context = getattr(error, "ctx", None)
    help_ = f"`{context.command_path} --help` shows what there is" if context else ""
    complain(_worded(error, context), help_)
    return Exit.MISUSE


def _worded(error: click.ClickException, context: click.Context | None) -> str:
    """What is wrong with the words, whatever the version of click would say."""
    match error:
        case click.NoSuchOption():
            options = [name for each in context.command.params for name in each.opts] if context else []
            suggestion = nearest(error.option_name, options)
            return f"there is no option `{error.option_name}`" + (f"; perhaps `{suggestion}`?" if suggestion else "")
        case click.MissingParameter() if error.param is not None:
            return f"`{_word(error.param)}` is missing"
        case click.BadParameter() if error.param is not None:
            return f"`{_word(error.param)}`: {error.message.rstrip('.')}"
        case _:
            return error.format_message()


def _word(parameter: click.Parameter) -> str:
    """How a parameter is written."""
    if isinstance(parameter, click.Option):
        return parameter.opts[-1]
    return (parameter.metavar or (parameter.name or "").upper()).rstrip(".").strip("[]")


def _refusal(error: KpidslError) -> int:
    """A question that has no answer, and why."""
    say_diagnostics(error.diagnostics, last=True)
    broken = any(finding.code == "definition-has-errors" for finding in error.diagnostics)
    return Exit.PROBLEMS if broken or isinstance(error, DefinitionError) else Exit.MISUSE


def _unwritable(error: OSError) -> int:
    """A stdout that takes no more, such as a file on a disk that is full."""
    silence(sys.stdout)
    complain(f"the output cannot be written: {(error.strerror or 'unknown reason').lower()}")
    return Exit.MISUSE


def _internal(error: Exception) -> int:
    """A mistake of the program's own."""
    if os.environ.get("KPIDSL_DEBUG"):
        from traceback import print_exception

        print_exception(error)
    complain(
        f"kpidsl has met a mistake of its own ({type(error).__name__}: {error})",
        "please report it to those who maintain kpidsl, with the command and what it prints when KPIDSL_DEBUG=1 is set",
    )
    return Exit.INTERNAL
