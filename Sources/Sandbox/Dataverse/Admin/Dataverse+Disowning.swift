import Synchronization

extension Dataverse {
    /// Takes a row's owner away, which no user can: rows that were brought over from elsewhere may have none.
    public func disown(_ setName: String, id: String) {
        environment.withLock { environment in
            guard let table = environment.store.schema.bySet[setName], let id = Guid(id) else { return }
            let columns = [table.owner, table.owningUser, table.owningTeam].compactMap(\.self)
            environment.store.update(id, in: table.index) { values in
                for column in columns { values[column] = .null }
            }
        }
    }
}
