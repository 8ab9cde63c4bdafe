#!/bin/sh
# Makes Temporal's two databases, or brings them to the schema of this version. Harmless to run again, and run at every start.
set -eu

prepare() { # prepare DATABASE SCHEMA
  tool="temporal-sql-tool --plugin postgres12 --endpoint $POSTGRES_HOST --port 5432 --user $POSTGRES_USER --database $1"
  # Fails when the database is there, and the next command fails when it is not: its message is the one that counts.
  $tool create-database || echo "database $1 is there already"
  if said=$($tool update-schema --schema-name "$2" 2>&1); then
    echo "$said"
    return
  fi
  # Only an empty database is set up: doing that again would put an existing schema back to version 0.
  case $said in
  *schema_version*'does not exist'*)
    $tool setup-schema --version 0.0
    $tool update-schema --schema-name "$2"
    ;;
  *)
    echo "$said" >&2
    exit 1
    ;;
  esac
}

prepare temporal postgresql/v12/temporal
prepare temporal_visibility postgresql/v12/visibility
