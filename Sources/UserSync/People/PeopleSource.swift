import Dynamics
import Enreach
import FoundationEssentials
import Model
import PhoneNumbers
import Tenants

/// Reads the users of both vendors.
struct PeopleSource: Sendable {
    struct Answer: Sendable {
        var users: [DynamicsUser]
        var enreach: [EnreachPerson]
        var numbers: [OwnNumber]
        /// Whether Enreach User Id can be written: the column is there.
        var hasIDColumn: Bool
        /// Whether everything that Enreach sent could be read. Otherwise somebody may be missing who is not gone.
        var isWhole: Bool
    }

    let connection: TenantConnection
    let columns: Settings.Columns
    /// How the tenant's numbers are read.
    let numbers: NumberReader

    func read() async throws -> Answer {
        async let users = connection.enreach.users()
        async let queues = connection.enreach.queues()
        let (rows, hasIDColumn) = try await rows()
        let enreach = try await users
        return Answer(
            users: rows.compactMap(user), enreach: people(enreach),
            numbers: PeopleReader.ownNumbers(users: enreach, queues: try await queues, numbers: numbers),
            hasIDColumn: hasIDColumn,
            isWhole: enreach.malformed.isEmpty && enreach.allSatisfy { $0.id != nil })
    }

    /// Rows of users; without our own columns where the environment has none yet.
    private func rows() async throws -> ([ODataRow], hasIDColumn: Bool) {
        let own = [columns.personEnreachID, columns.personEnreachEmail].filter { !$0.isEmpty }
        do {
            return (try await rows(own), own.contains(columns.personEnreachID))
        } catch let error as DynamicsError where own.contains(where: { error.fault?.message.contains($0) == true }) {
            // Which of them is missing stands in the answer.
            let there = own.filter { error.fault?.message.contains("'\($0)'") != true }
            if !there.isEmpty, there.count < own.count {
                do {
                    return (try await rows(there), there.contains(columns.personEnreachID))
                } catch let error as DynamicsError where there.contains(where: { error.fault?.message.contains($0) == true }) {}
            }
            return (try await rows([]), false)
        }
    }

    private func rows(_ own: [String]) async throws -> [ODataRow] {
        try await connection.dynamics.query(
            ODataQuery(
                "systemusers",
                select: ["systemuserid", "fullname", "internalemailaddress", "mobilephone", "isdisabled", "accessmode"] + own,
                filter: .equal("applicationid", .null)), lane: .live)
    }

    private func user(_ row: ODataRow) -> DynamicsUser? {
        // Support and delegated users are Microsoft's and partners', nobody's colleague.
        guard let id = row.guid("systemuserid"), ![3, 5].contains(row.int("accessmode")) else { return nil }
        return DynamicsUser(
            id: id, name: (row.string("fullname") ?? "").tidied(toUTF16: 200), email: row.string("internalemailaddress"),
            enreachEmail: row.string(columns.personEnreachEmail).flatMap { $0.isEmpty ? nil : $0 },
            enreachID: row.string(columns.personEnreachID), mobile: numbers.read(row.string("mobilephone")),
            isDisabled: row.bool("isdisabled") ?? false)
    }

    private func people(_ users: Listing<EnreachUser>) -> [EnreachPerson] {
        var seen: Set<UUID> = []
        return users.compactMap { user in
            guard let id = user.id, seen.insert(id).inserted else { return nil }
            let name = [user.firstName, user.lastName].compactMap(\.self).joined(separator: " ")
            let email = user.email.flatMap { $0.isEmpty ? nil : $0 } ?? user.userName
            return EnreachPerson(id: id, name: (name.isEmpty ? user.userName ?? "" : name).tidied(toUTF16: 200), email: email)
        }
    }
}
