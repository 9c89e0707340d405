import Postgres

/// Whether somebody may change things in a console that runs, and who was locked out of it.
struct OperatorsCheck: RowCheck {
    static let name = "operators"
    static let well = "the console does not run, or has an administrator; nobody is locked out"

    func judge(_ row: Row) throws -> Finding? {
        let locked = try row.decode(String?.self)
        guard let locked else {
            return .warning(
                name, "a console runs and no operator is its administrator",
                remedy: "`trunkline operators add NAME --role administrator`")
        }
        return .warning(
            name, "\(locked) gave wrong passwords and is locked out for now",
            remedy: "it ends by itself; if it was somebody else, look at the console's log and at hub.operator_guess")
    }

    static let question = Statement(
        "command.doctor.operators",
        """
        SELECT NULL::text AS locked
        WHERE EXISTS (SELECT FROM hub.instance WHERE program = 'console' AND stopped_at IS NULL AND seen_at > now() - interval '1 minute')
          AND NOT EXISTS (SELECT FROM hub.operator WHERE role = 'administrator' AND disabled_at IS NULL)
        UNION ALL
        SELECT name FROM hub.operator WHERE locked_until > now() AND failures >= 5
        """)
}
