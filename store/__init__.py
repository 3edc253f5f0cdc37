"""The ground: engine and transactions, column types, tables, migrations, inbox and outbox."""
