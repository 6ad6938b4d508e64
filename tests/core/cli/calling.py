"""A command of the terminal called in this process."""


def caller(main, capsys):
    """Return call(words): exit code, standard output and standard error of the command."""

    def call(*words):
        try:
            code: object = main([str(word) for word in words])
        except SystemExit as end:  # how argparse ends
            code = end.code
        return code, *capsys.readouterr()

    return call


def assert_one_line(err, words):
    assert err.startswith("logitlab") and err.endswith("\n") and err.count("\n") == 1
    assert any(word in err for word in words.split("|")), err
