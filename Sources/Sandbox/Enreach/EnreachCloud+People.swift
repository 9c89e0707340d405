import Foundation

/// Users and queues.
extension EnreachCloud {
    func userList() -> SandboxResponse {
        let users = users
        var json = JSONBytes(capacity: users.count * 300)
        json.array(users) { json, user in write(user, &json) }
        return SandboxResponse(json: json)
    }

    func user(_ id: String) throws(EnreachFailure) -> SandboxResponse {
        var json = JSONBytes()
        write(try find(user: id), &json)
        return SandboxResponse(json: json)
    }

    func availability(_ id: String) throws(EnreachFailure) -> SandboxResponse {
        let user = try find(user: id)
        var json = JSONBytes()
        json.object { json in
            json.key("UserID")
            json.value(user.id)
            json.key("EventTypeID")
            json.null()
            json.key("Note")
            json.null()
        }
        return SandboxResponse(json: json)
    }

    private func find(user id: String) throws(EnreachFailure) -> EnreachUserRecord {
        let account = account
        if id == "me" || UUID(uuidString: id) == account.userID {
            return EnreachUserRecord(
                id: account.userID, userName: account.userName, email: account.userName, firstName: "Integration",
                lastName: "User", workNumber: nil, mobileNumber: nil)
        }
        guard let wanted = UUID(uuidString: id), let user = users.first(where: { $0.id == wanted }) else {
            throw EnreachFailure(404, "The user was not found.")
        }
        return user
    }

    private func write(_ user: EnreachUserRecord, _ json: inout JSONBytes) {
        json.object { json in
            json.key("Id")
            json.value(user.id)
            json.key("UserName")
            json.value(user.userName)
            json.key("OrganizationID")
            json.value(configuration.organizationID)
            json.key("Email")
            json.value(user.email)
            json.key("FirstName")
            json.value(user.firstName)
            json.key("LastName")
            json.value(user.lastName)
            json.key("WorkNumber")
            json.value(user.workNumber)
            json.key("MobileNumber")
            json.value(user.mobileNumber)
        }
    }

    func queueList() -> SandboxResponse {
        var json = JSONBytes()
        json.array(queues) { json, queue in
            json.object { json in
                json.key("Id")
                json.value(queue.id)
                json.key("Name")
                json.value(queue.name)
                json.key("TypeId")
                json.value(queue.typeID)
                json.key("Numbers")
                json.values(queue.numbers)
                json.key("Status")
                if queue.live { writeStatus(&json) } else { json.null() }
            }
        }
        return SandboxResponse(json: json)
    }

    private func writeStatus(_ json: inout JSONBytes) {
        json.object { json in
            json.key("OpenStatus")
            json.value(5)
            json.key("MaxWaitTime")
            json.value(42)
            json.key("QueueLength")
            json.value(3)
            json.key("OngoingCalls")
            json.value(4)
            json.key("AgentsOnWrapUp")
            json.value(1)
            json.key("FreeAgents")
            json.value(2)
            json.key("ServingAgents")
            json.value(7)
        }
    }
}
