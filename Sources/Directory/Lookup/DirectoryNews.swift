/// What appeared in the directory, for statements that look for calls and requests it may concern.
package enum DirectoryNews {
    /// Numbers of the entries of tenant `$1` that changed after version `$2`, up to version `$3`: `number`, and the `form` it stands in.
    package static let numbers = """
        SELECT DISTINCT n.number, n.form
        FROM hub.directory_change g
        JOIN hub.directory_number n ON n.tenant_id = g.tenant_id AND n.entry_id = g.entry_id
        WHERE g.tenant_id = $1 AND g.version > $2 AND g.version <= $3
        """
}
