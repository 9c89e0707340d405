public import Foundation

/// A privilege that a user holds, by roles of its own or of its teams.
public struct UserPrivilege: Sendable, Hashable {
    /// For example `prvReadContact`.
    public var name: String
    /// How far it reaches: `Basic` (own rows), `Local` (the own business unit), `Deep` (those below it as well), `Global` (all).
    public var depth: String

    public init(name: String, depth: String) {
        self.name = name
        self.depth = depth
    }

    /// Whether it reaches every row.
    public var isGlobal: Bool { depth == "Global" }
}

extension DynamicsClient {
    /// Those of the named privileges that a user holds; names that the environment does not know are not held. Changes nothing.
    ///
    /// "RetrieveUserSetOfPrivilegesByNames Function" (Dataverse Web API Function Reference).
    /// - Throws: ``DynamicsError``; `CancellationError`.
    public func privileges(of user: UUID, among names: [String], lane: BudgetLane) async throws -> [UserPrivilege] {
        var query = ODataQuery(
            "systemusers(\(user.uuidString.lowercased()))"
                + "/Microsoft.Dynamics.CRM.RetrieveUserSetOfPrivilegesByNames(PrivilegeNames=@p1)")
        query.aliases["@p1"] = "[" + names.map { "\"\($0)\"" }.joined(separator: ",") + "]"
        query.isStronglyConsistent = true
        let answer = try await transport.get(query, lane: lane)
        guard let held = ODataValue(json: answer.body)?.row?["RolePrivileges"]?.array else {
            throw DynamicsError.malformed(answer)
        }
        return held.compactMap { entry in
            guard let row = entry.row, let name = row.string("PrivilegeName"), let depth = row.string("Depth") else { return nil }
            return UserPrivilege(name: name, depth: depth)
        }
    }
}
