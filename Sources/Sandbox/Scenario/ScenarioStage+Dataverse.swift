import Foundation
import Synchronization

/// What a scenario puts into the simulated Dataverse.
extension ScenarioStage {
    /// - Parameter unmatched: whether users start without their Enreach id.
    func seedDataverse(_ people: ScenarioPeople, unmatched: Bool = false) throws {
        let prefix = dataverse.configuration.customPrefix
        let everybody = people.agents + [people.defaultAssignee].compactMap { $0 }
        try dataverse.seed(
            "systemusers",
            everybody.enumerated().compactMap { place, agent in
                Self.user(agent, prefix, standing: unmatched ? .unmatched(place) : .matched)
            })
        try dataverse.seed("accounts", people.accounts.map(Self.account))
        try dataverse.seed("contacts", people.contacts.map(Self.contact))
    }

    func seedQueues(_ world: CallbackWorld) throws {
        try dataverse.seed(
            "queues",
            world.queues.map { queue in
                var body = JSONObject(["queueid": .string(queue.id.lowercase), "name": .string(queue.name)])
                if let owner = queue.owner { body["ownerid@odata.bind"] = .string("/systemusers(\(owner.lowercase))") }
                return .object(body)
            })
    }

    func write(_ call: SidebarPhoneCall) throws {
        var body = JSONObject([
            "activityid": .string(call.id.lowercase), "subject": .string("Call with \(call.number)"),
            "phonenumber": .string(call.number), "directioncode": .bool(call.outgoing),
            "scheduledstart": .string(Self.time(call.start)), "actualstart": .string(Self.time(call.start)),
            "ownerid@odata.bind": .string("/systemusers(\(call.owner.lowercase))"),
        ])
        let customer = call.regarding.map { customer in
            (name: "\(customer.table)", path: "/\(customer.table)s(\(customer.id.lowercase))")
        }
        if let customer { body["regardingobjectid_\(customer.name)@odata.bind"] = .string(customer.path) }
        body["phonecall_activity_parties"] = .array([
            .object(
                JSONObject([
                    "partyid_systemuser@odata.bind": .string("/systemusers(\(call.owner.lowercase))"),
                    "participationtypemask": .integer(call.outgoing ? 1 : 2),
                ])),
            .object(Self.otherParty(call, customer)),
        ])
        if call.completed {
            body["actualend"] = .string(Self.time(call.end))
            body["statecode"] = .integer(1)
            body["statuscode"] = .integer(call.outgoing ? 2 : 4)
        }
        try dataverse.seed("phonecalls", [.object(body)], as: call.owner.lowercase)
    }

    private static func otherParty(_ call: SidebarPhoneCall, _ customer: (name: String, path: String)?) -> JSONObject {
        let mask = JSON.integer(call.outgoing ? 2 : 1)
        guard let customer else {
            return JSONObject(["addressused": .string(call.number), "participationtypemask": mask])
        }
        return JSONObject(["partyid_\(customer.name)@odata.bind": .string(customer.path), "participationtypemask": mask])
    }

    /// What tells in Dynamics which Enreach user a user is.
    private enum Standing {
        /// The id.
        case matched
        /// The e-mail: of the second in capitals, of the third only in Enreach User Email.
        case unmatched(Int)
    }

    private static func user(_ agent: ScenarioPeople.Agent, _ prefix: String, standing: Standing) -> JSON? {
        guard let id = agent.systemUser else { return nil }
        var row = JSONObject([
            "systemuserid": .string(id.lowercase), "firstname": .string(agent.firstName), "lastname": .string(agent.lastName),
            "internalemailaddress": .string(agent.userName), "domainname": .string(agent.userName),
            "isdisabled": .bool(agent.disabled), "mobilephone": .string(agent.mobile), "accessmode": .integer(0),
        ])
        switch standing {
        case .matched: row[prefix + "userid"] = .string(agent.enreachID.lowercase)
        case .unmatched(1): row["internalemailaddress"] = .string(agent.userName.uppercased())
        case .unmatched(2):
            row["internalemailaddress"] = .string("crm.\(agent.userName)")
            row[prefix + "useremail"] = .string(agent.userName)
        case .unmatched: break
        }
        return .object(row)
    }

    private static func account(_ account: ScenarioPeople.Account) -> JSON {
        .object(
            JSONObject([
                "accountid": .string(account.id.lowercase), "name": .string(account.name),
                "telephone1": .string(account.telephone),
            ]))
    }

    private static func contact(_ contact: ScenarioPeople.Contact) -> JSON {
        var body = JSONObject([
            "contactid": .string(contact.id.lowercase), "firstname": .string(contact.firstName),
            "lastname": .string(contact.lastName),
        ])
        if let number = contact.telephone { body["telephone1"] = .string(number) }
        if let number = contact.mobile { body["mobilephone"] = .string(number) }
        if let account = contact.account {
            body["parentcustomerid_account@odata.bind"] = .string("/accounts(\(account.lowercase))")
        }
        return .object(body)
    }

    private static func time(_ date: Date) -> String {
        var json = JSONBytes()
        json.value(Date(timeIntervalSince1970: date.timeIntervalSince1970.rounded(.down)), .iso)
        return String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}

extension Dataverse {
    /// Empties the environment; tokens that were issued are no longer valid.
    func reset() {
        environment.withLock { $0 = Environment(configuration, now: unixTime) }
    }
}

extension UUID {
    var lowercase: String { uuidString.lowercased() }
}
