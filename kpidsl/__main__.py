"""`python -m kpidsl`."""

from kpidsl.cli.main import main

main()
