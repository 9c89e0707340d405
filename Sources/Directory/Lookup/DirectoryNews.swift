import FoundationEssentials
package import Postgres

/// What appeared in the directory, for statements that look for calls and requests it may concern.
///
/// The jobs that link late look at news once, and at what is committed by then. Whoever stores what was decided by the directory therefore
/// asks in the same transaction whether it has changed since it was looked at, and has what that may concern looked at again.
package enum DirectoryNews {
    /// Numbers of the entries of tenant `$1` that changed after version `$2`, up to version `$3`: `number`, and the `form` it stands in.
    package static let numbers = """
        SELECT DISTINCT n.number, n.form
        FROM hub.directory_change g
        JOIN hub.directory_number n ON n.tenant_id = g.tenant_id AND n.entry_id = g.entry_id
        WHERE g.tenant_id = $1 AND g.version > $2 AND g.version <= $3
        """

    /// Keeps the directory of a tenant from changing until the transaction ends, and tells how it stands.
    package static let hold = Statement(
        "directory_hold", "SELECT version, reload_version, is_complete FROM hub.directory_hold($1)")

    /// News since a look-up.
    package struct Since: Sendable, Hashable {
        /// Of the directory, when it was looked at.
        package let version: Int64
        /// They don't stand in `hub.directory_change`, or not yet: anybody may have appeared.
        package let mayBeAnybody: Bool
    }

    /// - Parameters:
    ///   - version: of the directory, when it was looked at.
    ///   - held: the answer to ``hold``.
    /// - Returns: Nil: there are none, or the directory is not complete, and all that is linked to nobody is looked at when it is.
    package static func since(_ version: Int64, held: Rows) throws -> Since? {
        guard let row = held.first else { return nil }
        let (current, reload, isComplete) = try row.decode(Int64?.self, Int64?.self, Bool?.self)
        guard let current, let reload, let isComplete else { return Since(version: version, mayBeAnybody: true) }
        guard isComplete, current > version else { return nil }
        return Since(version: version, mayBeAnybody: reload > version)
    }
}
