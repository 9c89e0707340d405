import Postgres

/// Programs that something asks for and that do not run.
struct ProgramsCheck: RowCheck {
    static let name = "programs"
    static let well = "every program that something needs is there"

    func judge(_ row: Row) throws -> Finding? {
        let (program, why) = try row.decode(String.self, String.self)
        return .warning(name, "no \(program) runs, and \(why)", remedy: "start \(program)")
    }

    static let question = Statement(
        "command.doctor.programs",
        """
        SELECT needed.program, needed.why
        FROM (VALUES
            ('user-sync', 'people and the directory are kept by it', EXISTS (SELECT FROM hub.tenant WHERE enabled)),
            ('callback-sync', 'there are callback profiles', EXISTS (
                SELECT FROM hub.callback_profile p JOIN hub.tenant t USING (tenant_id)
                WHERE t.enabled AND p.enabled AND p.deleted_at IS NULL)),
            ('router', 'there are routing rules', EXISTS (
                SELECT FROM hub.route_rule_set r JOIN hub.tenant t USING (tenant_id) WHERE t.enabled))
        ) AS needed (program, why, is_needed)
        WHERE needed.is_needed AND NOT EXISTS (
            SELECT FROM hub.instance i
            WHERE i.program = needed.program AND i.stopped_at IS NULL AND i.seen_at > now() - interval '1 minute')
        """)
}
