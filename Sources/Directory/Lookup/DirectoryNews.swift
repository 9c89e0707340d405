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

    /// SQL for whether news concern a record with a number that was just stored: it is linked to nobody and the number has appeared (`news`, read
    /// with ``numbers``), or to another than an administrator chose meanwhile. Where news can't be told (`anybody`) all that are linked to nobody
    /// are concerned, and all whose number several carry: one of them may be about to be chosen.
    ///
    /// - Parameters:
    ///   - digits: a parameter, how many digits the end of a number must have that counts; 0: ends don't count.
    ///   - anybody: a parameter, whether news can't be told.
    package static func concern(number: String, regarding: String, digits: String, anybody: String) -> String {
        """
        (
            \(regarding) IS NULL AND (
                \(anybody) OR EXISTS (
                    SELECT FROM news
                    WHERE news.number = \(number)
                        OR news.form = 'local' AND \(digits) > 0 AND length(news.number) >= \(digits) AND \(number) LIKE '%' || news.number))
            OR \(anybody) AND (
                SELECT count(DISTINCT n.entry_id) > 1 FROM hub.directory_number n WHERE n.tenant_id = $1 AND n.number = \(number))
            OR EXISTS (
                SELECT FROM hub.directory_decision d
                WHERE d.tenant_id = $1 AND d.number = \(number) AND d.chosen_id IS DISTINCT FROM \(regarding)
                    AND d.chosen_id IS NOT NULL AND d.decided_at > now() - interval '1 day'))
        """
    }

    /// Has a tenant's directory to itself until the transaction ends; first in each transaction that changes it and tells who keeps a copy.
    /// ``hold`` never waits for it, but what is stored beside it may wait for rows that the change has locked.
    package static let lock = Statement("directory_lock", "SELECT hub.directory_lock($1)")

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
