import ArgumentParser
import Operations
import Postgres
import Privacy
import Runtime
import Tenants

/// The number that a subcommand is about.
struct NumberOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The number, with its country or as it is dialled in the tenant's. Left out, or -: asked for, or read from standard input.",
            valueName: "number"))
    var number: String?

    /// As it was typed.
    func typed() -> String { NumberInput.typed(number) }
}

extension Session {
    /// The key that digests and receipts are made with.
    func privacyKey() throws -> PrivacyKey {
        guard let key = try PrivacyKeySource(programs).keyring().current else {
            throw OperatorError.configuration(
                "there is no privacy key: name its file under privacy.key_file in the programs' configuration (--config), or set TRUNKLINE_PRIVACY_KEY"
            )
        }
        return key
    }

    /// The numbers of a tenant that must not come back.
    ///
    /// - Throws: `OperatorError` when the key to some of them is missing.
    func erasures(_ tenant: Tenant) async throws -> TenantErasures {
        let keys = try PrivacyKeySource(programs)
        let erasures = try await database.withConnection { connection in
            let version = try await connection.query(ErasedNumberStore.version, [tenant.id])[0][0].decode(Int32.self)
            return try await ErasedNumberStore.read(
                tenant: tenant.id, named: tenant.name, version: version, keys: keys, on: connection)
        }
        guard erasures.problem == nil else {
            throw OperatorError.configuration(
                "numbers of \(tenant.name) were erased, and without the privacy key they can't be told: name the programs' configuration with --config"
            )
        }
        return erasures
    }

    func tenant(_ options: TenantOptions) async throws -> Tenant {
        try await TenantStore(database: database).named(options.tenant)
    }
}
