import FoundationEssentials
package import Model
package import PhoneNumbers
package import Postgres

/// The people and numbers of a tenant, as programs judge by them.
package enum TenantPeople {
    /// - Parameters:
    ///   - numbers: how the tenant's mobile numbers are read.
    ///   - version: of the people, as `hub.tenant` has it.
    package static func read(
        tenant: Int32, numbers reader: NumberReader, version: Int32 = 0, on database: Database
    ) async throws -> People {
        let people = try await database.query(TenantStore.people, [tenant]).map { row in
            let (id, enreach, name, email, mobile, disabled) = try row.decode(
                UUID.self, UUID?.self, String.self, String?.self, String?.self, Bool.self)
            return Person(
                systemUserID: id, enreachUserID: enreach, name: name, email: email, mobile: reader.read(mobile),
                isDisabled: disabled)
        }
        var numbers: [String] = []
        var queues: [UUID: String] = [:]
        for row in try await database.query(TenantStore.ownNumbers, [tenant]) {
            let (number, kind, id, label) = try row.decode(String.self, String.self, UUID?.self, String?.self)
            numbers.append(number)
            if kind == "queue", let id, let label { queues[id] = label }
        }
        return People(people, ownNumbers: numbers, queueNames: queues, version: version)
    }
}
