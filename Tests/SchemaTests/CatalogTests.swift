import Postgres
import TestSupport
import Testing

/// House rules that every object of the schema keeps, read from the catalogue.
@Suite(.database) struct CatalogTests {
    private func names(_ sql: String) async throws -> [String] {
        let database = try TestDatabase.current.connect()
        let names = try await database.query(Statement("", sql)).map { try $0.decode(String.self) }
        await database.close()
        return names
    }

    @Test func `every table, view and sequence says what it is`() async throws {
        let silent = try await names(
            """
            SELECT c.oid::regclass::text
            FROM pg_class c
            LEFT JOIN pg_depend d ON d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'  -- of an identity column
            WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace)
              AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition AND d.objid IS NULL
              AND obj_description(c.oid, 'pg_class') IS NULL
            ORDER BY 1
            """)
        #expect(silent.isEmpty)
    }

    @Test func `every column says what it holds`() async throws {
        let silent = try await names(
            """
            SELECT a.attrelid::regclass::text || '.' || a.attname
            FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace)
              AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
              AND a.attnum > 0 AND NOT a.attisdropped AND col_description(c.oid, a.attnum) IS NULL
            ORDER BY 1
            """)
        #expect(silent.isEmpty)
    }

    @Test func `every function says what it does`() async throws {
        let silent = try await names(
            """
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND obj_description(p.oid, 'pg_proc') IS NULL
            ORDER BY 1
            """)
        #expect(silent.isEmpty)
    }

    @Test func `every function fixes its search path`() async throws {
        let loose = try await names(
            """
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace)
              AND p.prokind <> 'a'  -- an aggregate is its functions
              AND NOT EXISTS (SELECT FROM unnest(p.proconfig) setting WHERE setting LIKE 'search\\_path=%')
            ORDER BY 1
            """)
        // Arithmetic that runs with the caller's rights, once a batch of jobs: a setting would cost more than the function.
        let arithmetic = [
            "hub.job_add_buckets(bigint[],bigint[])", "hub.job_backoff(integer)", "hub.job_buckets(double precision[])",
        ]
        #expect(loose.filter { !arithmetic.contains($0) }.isEmpty)
    }

    @Test func `nothing is open to everybody`() async throws {
        let open = try await names(
            """
            SELECT 'relation ' || c.oid::regclass FROM pg_class c, aclexplode(c.relacl) acl
            WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND acl.grantee = 0
            UNION ALL
            SELECT 'function ' || p.oid::regprocedure
            FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) acl
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND acl.grantee = 0
            UNION ALL
            SELECT 'schema ' || n.nspname FROM pg_namespace n, aclexplode(n.nspacl) acl
            WHERE n.nspname IN ('hub', 'report') AND acl.grantee = 0
            """)
        #expect(open.isEmpty)
    }

    @Test func `everything belongs to the owner`() async throws {
        let strangers = try await names(
            """
            SELECT c.oid::regclass::text FROM pg_class c
            WHERE c.relnamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND c.relowner <> 'trunkline_owner'::regrole
            UNION ALL
            SELECT p.oid::regprocedure::text FROM pg_proc p
            WHERE p.pronamespace IN ('hub'::regnamespace, 'report'::regnamespace) AND p.proowner <> 'trunkline_owner'::regrole
            """)
        #expect(strangers.isEmpty)
    }

    @Test func `roles can't log in and hold no power over the server`() async throws {
        let strong = try await names(
            """
            SELECT rolname::text FROM pg_roles
            WHERE rolname LIKE 'trunkline\\_%' AND (rolcanlogin OR rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)
            """)
        #expect(strong.isEmpty)
    }

    @Test func `the tenant leads the key of each table that has one`() async throws {
        let others = try await names(
            """
            SELECT c.oid::regclass::text
            FROM pg_class c
            JOIN pg_attribute tenant ON tenant.attrelid = c.oid AND tenant.attname = 'tenant_id'
            JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p'
            WHERE c.relnamespace = 'hub'::regnamespace AND NOT c.relispartition AND k.conkey[1] <> tenant.attnum
            ORDER BY 1
            """)
        // Jobs and schedules may be the hub's own and are found by their number; an operator's action may concern no tenant.
        let exceptions = ["hub.operator_action", "hub.schedule"]
        #expect(others.filter { !$0.hasPrefix("hub.job") && !exceptions.contains($0) }.isEmpty)
    }
}
