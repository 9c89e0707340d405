-- Which contract the views keep, and on which server they are read.
SELECT contract, schema_version, server_version, is_standby, replayed_at
FROM report.version;
