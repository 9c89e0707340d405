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

extension Dataverse {
    /// Switches change tracking of a table on or off, as somebody who customises the environment does.
    public func setChangeTracking(_ setName: String, on: Bool) throws {
        let found = environment.withLock { environment in
            let table = environment.store.schema.tables.first { $0.setName == setName }
            table?.tracksChanges = on
            return table != nil
        }
        if !found { throw DataverseAdminError(.argument("There is no table '\(setName)'.")) }
    }
}
