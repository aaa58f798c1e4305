defmodule IndexTest do
  use ExUnit.Case

  alias Runtime.Context
  alias Runtime.Context.{Request, Response}

  defp call(body) do
    req = %Request{method: "POST", headers: %{"user-agent" => "test"}, body_binary: body}
    Index.main(%Context{req: req, res: %Response{}})
  end

  test "greets whoever is named, and logs the call" do
    System.put_env("GREETING", "Good day")
    answer = call(~s({"name": "you"}))
    assert answer.value == %{message: "Good day, you!", client: "test"}
    assert answer.status == 200
    assert_received {:log, "called with POST /"}
  end

  test "refuses what is no object" do
    for body <- ["no JSON", "[1]"], do: assert(call(body).status == 400)
  end
end
