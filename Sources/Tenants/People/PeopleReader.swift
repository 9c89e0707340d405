import Dynamics
package import Enreach
import FoundationEssentials
package import Model
package import PhoneNumbers

/// Reads people from Dynamics and numbers from Enreach.
package struct PeopleReader: Sendable {
    package let connection: TenantConnection
    /// Column of `systemuser` with the Enreach user id.
    package let idColumn: String
    /// How the tenant's numbers are read.
    package let numbers: NumberReader

    package init(connection: TenantConnection, idColumn: String, numbers: NumberReader) {
        self.connection = connection
        self.idColumn = idColumn
        self.numbers = numbers
    }

    /// Users of Dynamics, application users left out. Disabled ones are kept: they may be owners already.
    package func people() async throws -> [Person] {
        let query = ODataQuery(
            "systemusers",
            select: ["systemuserid", "fullname", "internalemailaddress", "mobilephone", "isdisabled"]
                + (idColumn.isEmpty ? [] : [idColumn]),
            filter: .equal("applicationid", .null))
        var seen: Set<UUID> = []
        return try await connection.dynamics.query(query, lane: .live).compactMap { row in
            guard let id = row.guid("systemuserid"), seen.insert(id).inserted else { return nil }
            return Person(
                systemUserID: id, enreachUserID: row.string(idColumn).flatMap { UUID(uuidString: $0.tidied(toUTF16: 40)) },
                name: (row.string("fullname") ?? "").tidied(toUTF16: 200), email: row.string("internalemailaddress"),
                mobile: numbers.read(row.string("mobilephone")), isDisabled: row.bool("isdisabled") ?? false)
        }
    }

    /// Numbers of users and queues; of a number that several have, the first: users come before queues.
    package func ownNumbers() async throws -> [OwnNumber] {
        async let users = connection.enreach.users()
        async let queues = connection.enreach.queues()
        return Self.ownNumbers(users: try await users, queues: try await queues, numbers: numbers)
    }

    /// As ``ownNumbers()``, of users and queues that were read already.
    package static func ownNumbers(
        users: some Sequence<EnreachUser>, queues: some Sequence<EnreachQueue>, numbers: NumberReader
    ) -> [OwnNumber] {
        var all: [OwnNumber] = []
        for user in users {
            let name = [user.firstName, user.lastName].compactMap(\.self).joined(separator: " ")
            for number in [user.workNumber, user.mobileNumber] {
                all.add(numbers.read(number), .user, user.id, name.isEmpty ? user.userName : name)
            }
        }
        for queue in queues {
            for number in queue.numbers { all.add(numbers.read(number), .queue, queue.id, queue.name) }
        }
        var seen: Set<String> = []
        return all.filter { seen.insert($0.number).inserted }
    }
}

extension [OwnNumber] {
    fileprivate mutating func add(_ number: PhoneNumber, _ kind: OwnNumber.Kind, _ id: UUID?, _ label: String?) {
        guard let number = number.e164 else { return }
        append(OwnNumber(number: number, kind: kind, enreachID: id, label: label?.tidied(toUTF16: 200)))
    }
}
