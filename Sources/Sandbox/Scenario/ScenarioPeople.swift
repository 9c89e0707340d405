import Foundation

/// Everybody in a scenario: agents, customers, queues.
struct ScenarioPeople: Sendable {
    /// An Enreach user, with or without a Dynamics user.
    struct Agent: Sendable {
        var enreachID: UUID
        var userName: String
        var firstName: String
        var lastName: String
        var work: String
        var mobile: String
        /// nil for those whom Dynamics does not know.
        var systemUser: UUID?
        var disabled = false
    }

    struct Contact: Sendable {
        var id: UUID
        var firstName: String
        var lastName: String
        var telephone: String?
        var mobile: String?
        var account: UUID?
    }

    struct Account: Sendable {
        var id: UUID
        var name: String
        var telephone: String
    }

    var agents: [Agent] = []
    /// Owns what belongs to nobody whom Dynamics knows.
    var defaultAssignee: Agent?
    var contacts: [Contact] = []
    var accounts: [Account] = []
    var queues: [EnreachQueueRecord] = []
    /// Whom an exact number belongs to.
    var customers: [String: [Customer]] = [:]

    var enreachUsers: [EnreachUserRecord] {
        (agents + [defaultAssignee].compactMap { $0 }).map { agent in
            EnreachUserRecord(
                id: agent.enreachID, userName: agent.userName, email: agent.userName, firstName: agent.firstName,
                lastName: agent.lastName, workNumber: agent.work, mobileNumber: agent.mobile)
        }
    }

    /// The owner that the guide's rule gives: the user's own, when Dynamics has an enabled one, else the default.
    func owner(of agent: Agent?) -> UUID? {
        if let agent, let user = agent.systemUser, !agent.disabled { return user }
        return defaultAssignee?.systemUser
    }
}

extension ScenarioPeople {
    private static let firstNames = [
        "Aino", "Eero", "Helmi", "Jari", "Kaisa", "Lauri", "Meri", "Niko", "Outi", "Pekka", "Riikka", "Sami", "Tuuli", "Ville",
        "Anna", "Björn", "Chloé", "David", "Émile", "Fatima", "Görkem", "Håkon", "Ingrid", "José", "Katarzyna", "Łukasz",
    ]
    private static let lastNames = [
        "Virtanen", "Korhonen", "Mäkinen", "Nieminen", "Laine", "Heikkinen", "Koskinen", "Järvinen", "Lehtonen", "Saarinen",
        "Andersson", "Dupont", "Müller", "O'Brien", "García", "Nowak", "Østergaard", "Smith", "Çelik", "van der Berg",
    ]
    private static let companies = [
        "Nordic Timber", "Baltic Freight", "Lakeside Dental", "Aurora Optics", "Harbour Foods", "Polar Logistics", "Birch & Sons",
        "Granite Insurance", "Meadow Energy", "Lighthouse Travel", "Copper Works", "Fjord Shipping",
    ]
    private static let queueNames = ["Support", "Sales", "Billing", "Reception", "Orders 📦", "VIP"]

    /// - Parameter contacts: how many; a fifth as many accounts.
    static func make(seed: UInt64, agents: Int, contacts: Int) -> ScenarioPeople {
        var generator = SeededGenerator(seed: seed, purpose: "people")
        var people = ScenarioPeople()
        people.agents = (0..<agents).map { agent($0, of: agents, &generator) }
        people.defaultAssignee = Agent(
            enreachID: generator.id(), userName: "frontdesk@demo.example", firstName: "Front", lastName: "Desk",
            work: "+358931000999", mobile: "+358409000999", systemUser: generator.id())
        people.accounts = (0..<(contacts / 5)).map { index in
            Account(
                id: generator.id(), name: "\(companies[index % companies.count]) \(index + 1)",
                telephone: "+3589\(6_000_000 + index * 7)")
        }
        people.contacts = (0..<contacts).map { index in
            Contact(
                id: generator.id(), firstName: generator.pick(firstNames), lastName: generator.pick(lastNames),
                telephone: index % 4 == 3 ? nil : "+35850\(1_000_000 + index * 11)",
                mobile: index % 3 == 0 || index % 4 == 3 ? "+4670\(2_000_000 + index * 13)" : nil,
                account: people.accounts.isEmpty || index % 2 == 0 ? nil : people.accounts[index % people.accounts.count].id)
        }
        people.shareNumbers()
        people.queues = queueNames.enumerated().map { index, name in
            EnreachQueueRecord(
                id: generator.id(), name: name, typeID: 4, numbers: ["+35893100\(500 + index)"], live: index != 3)
        }
        people.indexCustomers()
        return people
    }

    /// Two of a hundred agents are unknown to Dynamics, one is disabled there; at least one of each.
    private static func agent(_ index: Int, of count: Int, _ generator: inout SeededGenerator) -> Agent {
        let first = firstNames[index % firstNames.count]
        let last = lastNames[(index * 7) % lastNames.count]
        let unknown = index == 3 || index % 50 == 49
        var agent = Agent(
            enreachID: generator.id(), userName: "agent\(index + 1)@demo.example", firstName: first, lastName: last,
            work: "+3589310\(10_000 + index)", mobile: "+35840\(7_000_000 + index)",
            systemUser: unknown ? nil : generator.id())
        agent.disabled = index == 5
        return agent
    }

    /// Every fortieth contact has the number of the one before: an exact match that is not the only one.
    private mutating func shareNumbers() {
        for index in contacts.indices where index % 40 == 39 {
            contacts[index].telephone = contacts[index - 1].telephone
        }
    }

    private mutating func indexCustomers() {
        for account in accounts {
            customers[account.telephone, default: []].append(Customer(table: "account", id: account.id))
        }
        for contact in contacts {
            for number in Set([contact.telephone, contact.mobile].compactMap { $0 }) {
                customers[number, default: []].append(Customer(table: "contact", id: contact.id))
            }
        }
    }
}
