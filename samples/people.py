"""People for the demo, so that every role can be tried; they exist in the demo's database only.

.venv/bin/python samples/people.py --db sqlite:///out/demo/qa.db
"""

from __future__ import annotations

import argparse

from qa_pipeline.accounts import add_user
from qa_pipeline.domain import Role, User
from qa_pipeline.store.engine import open_store
from qa_pipeline.store.people import users

PASSWORD = "listen-closely"  # noqa: S105 - for sample calls that anybody may hear
PEOPLE = (
    User(id="", login="demo", name="Demo", role=Role.ADMIN),
    User(id="", login="lead", name="Demo QA lead", role=Role.QA_LEAD),
    User(id="", login="reviewer", name="Demo reviewer", role=Role.REVIEWER),
    User(id="", login="reviewer2", name="演示质检员", role=Role.REVIEWER, language="zh", timezone="Asia/Shanghai"),
    User(id="", login="north", name="Demo team lead", role=Role.TEAM_LEAD, team="North"),
    User(id="", login="emma", name="Emma Clarke", role=Role.AGENT, agent_id="A-103"),
    User(id="", login="auditor", name="Demo auditor", role=Role.AUDITOR),
)


def main() -> None:
    """Adds those that are not there yet, and says how to sign in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", default="sqlite:///out/demo/qa.db")
    with open_store(parser.parse_args().db, create=False) as store:
        known = {user.login for user in users.everybody(store)}
        if known - {user.login for user in PEOPLE}:
            raise SystemExit("This database has accounts of its own: demo people with a known password stay out of it.")
        for user in PEOPLE:
            if user.login not in known:
                add_user(store, user, PASSWORD)
    print("\nTo look around: `make serve`, open http://127.0.0.1:8080 and sign in as one of")
    for user in PEOPLE:
        print(f"  {user.login:10} {user.role.replace('_', ' ')}")
    print(f"The password of each is {PASSWORD}")


if __name__ == "__main__":
    main()
