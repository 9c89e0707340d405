import Operations
import Postgres
import Privacy

/// Looks for a number in every table of the hub, in whatever form it is written.
struct NumberFinder: Sendable {
    let database: Database
    let tenant: Tenant
    let number: ErasableNumber
    /// Words made from the number without a key: who tries all numbers finds the one they were made from.
    let tokens: [String]

    /// A table, or a partition of one, that may hold a number.
    struct Place: Sendable, Hashable {
        let relation: String
        /// The table's name.
        let table: String
    }

    static let statements = [places, count, rows, hindrances]

    static let places = Statement(
        "command.number.places",
        "SELECT relation::text, min(place) FROM hub.number_columns() GROUP BY relation ORDER BY 2, 1")

    static let count = Statement(
        "command.number.count", "SELECT hub.number_count($1, to_regclass($2), $3, $4, $5::text[], $6::text[])")

    static let rows = Statement(
        "command.number.rows", "SELECT r::text FROM hub.number_rows($1, to_regclass($2), $3, $4, $5::text[], $6::text[]) r")

    static let hindrances = Statement(
        "command.number.hindrances", "SELECT hub.number_hindrances($1, $2, $3, $4::text[])")

    func places() async throws -> [Place] {
        try await database.query(Self.places).map { row in
            let (relation, table) = try row.decode(String.self, String.self)
            return Place(relation: relation, table: table)
        }
    }

    /// Rows of the place with the number in them; none of one that is gone meanwhile.
    func count(in place: Place) async throws -> Int {
        try await database.query(Self.count, parameters(place))[0][0].decode(Int.self)
    }

    /// The same as JSON.
    func rows(in place: Place) async throws -> [String] {
        try await database.query(Self.rows, parameters(place)).map { try $0[0].decode(String.self) }
    }

    private func parameters(_ place: Place) -> [any PostgresEncodable] {
        [tenant.id, place.relation, number.international, number.significant, number.domestic, tokens]
    }

    /// Why the number can't be erased yet, in words with the remedy.
    func hindrances() async throws -> [String] {
        try await database.query(
            Self.hindrances, [tenant.id, number.international, number.significant, number.domestic]
        ).map { row in
            let code = try row[0].decode(String.self)
            return switch code {
            case "own_number": "it is one of the tenant's own numbers in Enreach: take it from its user or queue first"
            case "person": "it is the mobile number of a user of Dynamics: take it out there first"
            case "rules": "the routing rules in force name it: apply rules without it first (`trunkline rules apply`)"
            case "dynamics_setting": "a setting in Dynamics names it: take it out there first"
            default: code
            }
        }
    }
}
