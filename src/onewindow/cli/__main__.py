"""`python -m onewindow.cli`: how one command starts another."""

from onewindow.cli.main import main

main()
