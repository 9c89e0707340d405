import Synchronization

extension Dataverse {
    /// The most rows of one kind: the numbers of a range.
    static let mostGenerated = 10_000_000

    /// Adds contacts, accounts and leads that are computed when they are looked at: a million take a few dozen megabytes, and
    /// whatever changes them stores them. They belong to the users there are, in turn. `GeneratedNumbers` tells their numbers.
    /// - Throws: when a seed was used for a table before, or more rows are asked for than there are numbers.
    @discardableResult
    public func generate(_ directory: GeneratedDirectory) throws -> GeneratedFigures {
        let seed = directory.seed ?? 1
        let counts = [directory.accounts ?? 0, directory.contacts ?? 0, directory.leads ?? 0]
        guard counts.allSatisfy({ (0...Self.mostGenerated).contains($0) }) else {
            throw DataverseAdminError(.argument("Between 0 and \(Self.mostGenerated) rows of a kind can be generated."))
        }
        let now = unixTime
        let isNew = environment.withLock { $0.generate(counts, seed: seed, now: now) }
        guard isNew else { throw DataverseAdminError(.argument("Rows of the seed \(seed) are there already.")) }
        let numbers = GeneratedNumbers(seed: seed)
        return GeneratedFigures(
            contacts: counts[1], accounts: counts[0], leads: counts[2],
            samples: [
                "contact": [numbers.mobile(ofContact: 0) ?? ""], "account": [numbers.telephone(ofAccount: 0)],
                "lead": [numbers.telephone(ofLead: 0)],
            ])
    }
}

extension Environment {
    /// False when one of the tables has rows of that seed.
    func generate(_ counts: [Int], seed: UInt64, now: Int64) -> Bool {
        guard let users = store.table("systemuser"), let disabled = users.definition.column("isdisabled"),
            let application = users.definition.column("applicationid"), let accounts = store.table("account"),
            let contacts = store.table("contact"), let leads = store.table("lead")
        else { return false }
        let people = users.rows.filter { $0[application].isNull && $0[disabled] != .bool(true) }
        let owners = (people.isEmpty ? Array(users.rows.prefix(1)) : people).map {
            Reference(table: store.systemUsers, id: $0.id)
        }
        guard let creator = owners.first else { return false }
        func generator(
            _ kind: DirectoryGenerator.Kind, _ table: TableStore, _ count: Int, _ parents: DirectoryGenerator? = nil
        ) -> DirectoryGenerator {
            DirectoryGenerator(
                kind, seed: seed, table: table.definition, count: count, owners: owners, unit: store.rootBusinessUnit,
                creator: .lookup(creator), now: now, accounts: parents)
        }
        let companies = generator(.account, accounts, counts[0])
        let parents = counts[0] > 0 ? companies : nil
        let planned: [(table: TableStore, generator: DirectoryGenerator, count: Int)] = [
            (accounts, companies, counts[0]), (contacts, generator(.contact, contacts, counts[1], parents), counts[1]),
            (leads, generator(.lead, leads, counts[2]), counts[2]),
        ]
        for (table, generator, count) in planned where count > 0 && table.slot(generator.id(of: 0)) != nil { return false }
        for (table, generator, count) in planned where count > 0 {
            table.add(generator, count: Int32(count), version: store.nextVersions(count))
        }
        return true
    }
}
