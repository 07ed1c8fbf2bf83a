"""What is kept of every call, in SQLite or PostgreSQL; the only folder that knows SQLAlchemy.

engine      opening a database and working in it          tables/     what is kept
schema      bringing its tables up to date                mapping     domain values to rows and back
calls       what the pipeline writes and reads            queries     what reports read
ledger      the account of an archive                     runs        the account of a run
cards       what `qa evaluate` measured                   reviews     what people say of turns
standing    what stands: findings under decisions         listing     calls for other programs
rescore     what stands, to fold it again otherwise       retention   what is kept how long
people/     accounts, teams, the audit log                desk/       what people do with calls
outgoing/   what webhooks are told
"""
