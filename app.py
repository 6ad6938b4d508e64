"""Entry point: no arguments open the window; commands, as in `train …`, run in the terminal."""

from __future__ import annotations

import sys


def main(argv: list[str] | None = None) -> int:
    """Run Logit Lab and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    is_pictured = any(word.partition("=")[0] == "--screenshot" for word in words)
    if words[:1] == ["train"] and any(word.partition("=")[0] == "--resume" for word in words):
        from core.cli import resume

        return resume.main(words[1:])
    if words[:1] == ["train"] and not is_pictured:
        from core.cli import train as cli

        return cli.main(words[1:])
    if words[:1] == ["predict"]:
        from core.cli import predict

        return predict.main(words[1:])
    if words[:1] == ["export"]:
        from core.cli import export

        return export.main(words[1:])
    if words[:1] == ["sweep"]:
        from core.cli import sweep

        return sweep.main(words[1:])
    if words[:1] == ["lesson"]:
        from core.cli import teach

        return teach.lesson(words[1:])
    if words[:1] == ["practice"]:
        from core.cli import teach

        return teach.practice(words[1:])
    from gui.app import application

    return application.main(words)


if __name__ == "__main__":
    sys.exit(main())
