"""PostgreSQL: models, migrations, named SQL and the journal."""
