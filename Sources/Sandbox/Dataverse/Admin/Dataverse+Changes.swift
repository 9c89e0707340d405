import Synchronization

extension Dataverse {
    /// Makes every delta token issued so far for a table (by entity set name) too old: the next read with one is answered
    /// 0x80044352. Without a name for every table.
    public func expireDeltaTokens(_ setName: String? = nil) throws {
        let found = environment.withLock { environment in
            let tables = environment.store.schema.tables.filter { setName == nil || $0.setName == setName }
            let version = environment.store.nextVersion()
            for table in tables { table.tokensFrom = version }
            return !tables.isEmpty
        }
        if !found { throw DataverseAdminError(.argument("There is no table '\(setName ?? "")'.")) }
    }
}
